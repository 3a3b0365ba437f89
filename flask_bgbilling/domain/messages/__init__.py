"""Messages of the host: what they find in the billings, which process they become, whose contact they leave."""
