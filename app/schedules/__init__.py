"""When something is due: rules of schedules, in London time, with bank holidays and board meetings."""
