"""The SEND improvement plan tracker."""
