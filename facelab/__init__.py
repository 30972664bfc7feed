"""facelab: an executable acceptance test book for a webcam face classifier."""
