"""From models to mails: each kind of mail is three templates (subject, text, html) and one function that fills them."""
