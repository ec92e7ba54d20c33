"""What templates get: frozen dataclasses of ready texts, made from models, so that a template only lays out."""
