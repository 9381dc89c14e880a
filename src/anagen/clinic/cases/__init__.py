"""Patients in plain data whose answer the medical lead has signed: no change of the rules may turn it unseen."""
