"""How a seller asks for the reimbursement service, and how far the request has come."""
