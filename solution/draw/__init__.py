"""Pictures of the exercise sheet, unit by unit; course staff make them with make_pictures.py."""
