# about: base64 by hand, bit by bit, with no library
# base: solved 01_encoding

# %% b64u_encode
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def b64u_encode(data):
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise TypeError("bytes, please")
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 6)
    return "".join(LETTERS[int(bits[place : place + 6], 2)] for place in range(0, len(bits), 6))

# %% b64u_decode
def b64u_decode(text):
    bits = ""
    for letter in text:
        bits += f"{LETTERS.index(letter):06b}"
    spare = len(bits) % 8
    if spare >= 6 or "1" in bits[len(bits) - spare :]:
        raise ValueError("spare bits")
    return bytes(int(bits[place : place + 8], 2) for place in range(0, len(bits) - spare, 8))
