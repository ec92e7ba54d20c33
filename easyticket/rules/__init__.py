"""Pure decisions: no database, no clock, no network. What they need is given to them, the moment included."""
