"""What the webcam saw: photos, galleries, clips, and where they come from."""
