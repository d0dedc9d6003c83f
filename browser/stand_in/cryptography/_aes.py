"""AES, forwards (FIPS 197), and its mode GCM (NIST SP 800-38D). Its tables make its time tell about the key."""


def xor(one, other):
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).to_bytes(len(one), "big")


def _double(value):
    """Times x in AES's field."""
    return (value << 1 & 255) ^ (0x1B if value & 128 else 0)


def _box():
    """The S-box: the inverse in the field, then an affine map (FIPS 197 §5.1.1)."""
    box, power, inverse = [0x63] * 256, 1, 1
    for _ in range(255):
        power ^= _double(power)  # times 3
        for shift in (1, 2, 4):  # divided by 3
            inverse ^= inverse << shift & 255
        inverse ^= 9 if inverse & 128 else 0
        for by in range(5):
            box[power] ^= (inverse << by | inverse >> 8 - by) & 255
    return box


_BOX = _box()
_X2 = [_double(value) for value in range(256)]
_ROWS = [(at + 4 * (at % 4)) % 16 for at in range(16)]


class Block:
    """AES with one key, for single blocks of 16 bytes."""

    def __init__(self, key):
        if len(key) not in (16, 24, 32):
            raise ValueError(f"Invalid key size ({8 * len(key)}) for AES.")
        size, factor = len(key) // 4, 1
        words = [list(key[4 * at : 4 * at + 4]) for at in range(size)]
        for at in range(size, 4 * (size + 7)):
            word = words[-1]
            if at % size == 0:
                word = [_BOX[word[1]] ^ factor, _BOX[word[2]], _BOX[word[3]], _BOX[word[0]]]
                factor = _X2[factor]
            elif size > 6 and at % size == 4:
                word = [_BOX[byte] for byte in word]
            words.append([a ^ b for a, b in zip(words[at - size], word)])
        self._keys = [[byte for word in words[at : at + 4] for byte in word] for at in range(0, len(words), 4)]

    def encrypt(self, block):
        state = [a ^ b for a, b in zip(block, self._keys[0])]
        for number, key in enumerate(self._keys[1:], 2):
            state = [_BOX[state[at]] for at in _ROWS]
            if number < len(self._keys):
                state = _mixed(state)
            state = [a ^ b for a, b in zip(state, key)]
        return bytes(state)


def _mixed(state):
    """MixColumns (FIPS 197 §5.1.3)."""
    new = []
    for at in range(0, 16, 4):
        column = state[at : at + 4]
        total = column[0] ^ column[1] ^ column[2] ^ column[3]
        new += [byte ^ total ^ _X2[byte ^ column[row - 3]] for row, byte in enumerate(column)]
    return new


def gcm(key, iv, data, aad, decrypting):
    """What comes out, and the tag."""
    aes = Block(key)
    factor = int.from_bytes(aes.encrypt(bytes(16)), "big")

    def ghash(*parts):
        state = 0
        for part in parts:
            for at in range(0, len(part), 16):
                state = _field_product(state ^ int.from_bytes(part[at : at + 16].ljust(16, b"\0"), "big"), factor)
        return state

    first = iv + b"\0\0\0\1" if len(iv) == 12 else ghash(iv, (8 * len(iv)).to_bytes(16, "big")).to_bytes(16, "big")
    counter, out = int.from_bytes(first[12:], "big"), bytearray()
    for at in range(0, len(data), 16):
        counter = (counter + 1) % 2**32
        part, stream = data[at : at + 16], aes.encrypt(first[:12] + counter.to_bytes(4, "big"))
        out += xor(part, stream[: len(part)])
    sealed = data if decrypting else bytes(out)
    lengths = (8 * len(aad)).to_bytes(8, "big") + (8 * len(sealed)).to_bytes(8, "big")
    return bytes(out), xor(ghash(aad, sealed, lengths).to_bytes(16, "big"), aes.encrypt(first))


def _field_product(one, other):
    """In GCM's field, whose bits run the other way round."""
    made = 0
    for bit in range(127, -1, -1):
        if one >> bit & 1:
            made ^= other
        other = other >> 1 ^ (0xE1 << 120 if other & 1 else 0)
    return made
