# about: notes, experiments and a picture in extra cells
# base: solved 01_encoding

# %% + before b64u_encode
import random

sample = [random.randrange(256) for _ in range(10)]
sample

# %% + after b64u_encode
[b64u_encode(bytes([value])) for value in sample]

# %% + at the end
%matplotlib inline
import matplotlib.pyplot as plt

plt.plot(sample)
plt.title("my sample")
plt.show()
