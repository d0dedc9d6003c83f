# about: packages are asked for that can't be installed here
# base: solved 01_encoding

# %% + at the start
%pip install --quiet --disable-pip-version-check --no-index no-such-package-of-anyone

# %% + before b64u_decode
!pip install --no-index no-such-package-of-anyone
