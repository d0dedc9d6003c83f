"""The course as data: chapters, cells, points, read from the masters; and the editions made of them."""
