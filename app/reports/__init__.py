"""Renderers of reports: a document in, the bytes of a file out, without the database.

``document`` says what a document is made of; ``contents`` makes one of the content of a report and
``summary`` one of the summary e-mail. Every file is made of the same document, so that no two can differ.
"""
