"""What every other layer may use: money, time, errors, ids and signing. Standard library only, no Flask, no database."""
