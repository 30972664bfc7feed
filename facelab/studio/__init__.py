"""The virtual studio: records webcam frames of fictional people (see docs/studio.md).

Axes, once for the whole package: x to the viewer's right, y up, z towards the viewer.
Lengths are in decimetres (1.0 = 10 cm), angles in radians, light in linear units,
unless a name says pixels.
The origin of a head is the point between its eyes, so that the eye line is y = 0.
"""
