"""What the product is measured against, and the outside world both stand on."""
