"""One file per outside party, behind small protocols: payment providers, mail, storage. Nothing here knows an order."""
