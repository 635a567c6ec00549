"""What every page needs: who looks, from which snapshot, in which frame."""
