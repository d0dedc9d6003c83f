"""The course as data: chapters, cells and points, read from the masters; and the notebooks made of them."""
