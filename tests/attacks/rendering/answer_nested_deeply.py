# about: a written answer that is nested deeply, which a renderer of Markdown might take long over
# base: solved 01_encoding
# score: 25

# %% answer
> > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > the end of it
