"""The Merkle log kept: sealed, witnessed, exported, proven by receipts, erased from, gone on with after a restore."""
