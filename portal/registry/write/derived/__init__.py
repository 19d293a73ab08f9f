"""What follows from what is written: values, the status of new records, an exchange's first LAN."""
