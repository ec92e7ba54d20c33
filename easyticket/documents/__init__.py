"""From models to bytes: tickets as PDF, QR codes, calendar files, covers. Nothing here fetches anything from anywhere."""
