"""The sections of the case tracker."""
