"""AES encryption (FIPS 197) and its mode GCM (NIST SP 800-38D). Not constant-time: its tables leak the key."""


def xor(one, other):
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).to_bytes(len(one), "big")


def _double(value):
    """Multiply by x in AES's field."""
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
# For each of a column's four rows and each byte in it: the result of SubBytes and MixColumns, as 32 bits.
_COLUMNS = [[(_X2[s] << 24 | s << 16 | s << 8 | _X2[s] ^ s) for s in _BOX]]
for _ in range(3):
    _COLUMNS.append([value >> 8 | (value & 255) << 24 for value in _COLUMNS[-1]])


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
        numbers = [int.from_bytes(word, "big") for word in words]
        self._first, *self._middle, self._last = (numbers[at : at + 4] for at in range(0, len(numbers), 4))

    def encrypt(self, block):
        zero, one, two, three = _COLUMNS
        columns = (int.from_bytes(block[at : at + 4], "big") for at in range(0, 16, 4))
        a, b, c, d = (column ^ key for column, key in zip(columns, self._first))
        for e, f, g, h in self._middle:  # ShiftRows: each byte of a column comes from another column
            a, b, c, d = (
                zero[a >> 24] ^ one[b >> 16 & 255] ^ two[c >> 8 & 255] ^ three[d & 255] ^ e,
                zero[b >> 24] ^ one[c >> 16 & 255] ^ two[d >> 8 & 255] ^ three[a & 255] ^ f,
                zero[c >> 24] ^ one[d >> 16 & 255] ^ two[a >> 8 & 255] ^ three[b & 255] ^ g,
                zero[d >> 24] ^ one[a >> 16 & 255] ^ two[b >> 8 & 255] ^ three[c & 255] ^ h,
            )
        last = [
            _BOX[w >> 24] << 24 | _BOX[x >> 16 & 255] << 16 | _BOX[y >> 8 & 255] << 8 | _BOX[z & 255]
            for w, x, y, z in ((a, b, c, d), (b, c, d, a), (c, d, a, b), (d, a, b, c))
        ]
        return b"".join((column ^ key).to_bytes(4, "big") for column, key in zip(last, self._last))


def _times_x(value):
    """Multiply by x in GCM's field, whose bits are in reverse order."""
    return value >> 1 ^ (0xE1 << 120 if value & 1 else 0)


def _shifted_out(byte):
    for _ in range(8):
        byte = _times_x(byte)
    return byte


_SHIFTED_OUT = [_shifted_out(byte) for byte in range(256)]


def _multiples(factor):
    """The products of a factor with every byte."""
    made = [0] * 256
    for bit in range(7, -1, -1):
        made[1 << bit] = factor
        factor = _times_x(factor)
    for byte in range(256):
        made[byte] = made[byte & byte - 1] ^ made[byte & -byte]
    return made


def gcm(key, iv, data, aad, decrypting):
    """Encrypt or decrypt. Returns the output and the tag."""
    aes = Block(key)
    multiples = _multiples(int.from_bytes(aes.encrypt(bytes(16)), "big"))

    def ghash(*parts):
        state = 0
        for part in parts:
            for at in range(0, len(part), 16):
                text = state ^ int.from_bytes(part[at : at + 16].ljust(16, b"\0"), "big")
                state = 0
                for byte in text.to_bytes(16, "little"):
                    state = state >> 8 ^ _SHIFTED_OUT[state & 255] ^ multiples[byte]
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
