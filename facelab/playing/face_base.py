"""Face base: where T0 has photos kept, if the system under test keeps none by itself."""

from __future__ import annotations

from facelab.contract.photos import Photos
from facelab.gallery.gallery import Gallery


class KeptGallery(Gallery):
    """A gallery that is opened anew before it gives its photos back."""

    def photos(self, set_name: str = "gallery") -> Photos:
        """Return a set's photos, as another program finds them."""
        return Gallery(self.folder).photos(set_name)
