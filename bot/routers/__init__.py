"""One router for each thing an operator does: it reads what came, calls a use case, answers."""
