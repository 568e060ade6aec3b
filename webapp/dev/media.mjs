// Demo media made on the spot: a picture of a gearbox plate and a second of sound.
import { deflateSync } from "node:zlib";

const crcTable = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

function crc(bytes) {
  let c = 0xffffffff;
  for (const byte of bytes) c = crcTable[(c ^ byte) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc(body), body.length + 4);
  return out;
}

export function picture(width = 640, height = 420) {
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = y * (width * 3 + 1) + 1 + x * 3;
      const plate = x > 170 && x < 470 && y > 130 && y < 290;
      const edge = plate && (x < 176 || x > 464 || y < 136 || y > 284);
      const line =
        plate && x > 200 && x < 420 - ((y * 7) % 90) && (y - 160) % 30 < 9 && y > 155 && y < 270;
      const bolt = [
        [150, 100],
        [490, 100],
        [150, 320],
        [490, 320],
      ].some(([bx, by]) => (x - bx) ** 2 + (y - by) ** 2 < 260);
      const grain = ((x * 13 + y * 7) % 17) - 8;
      let shade = 96 + grain + Math.round(34 * Math.sin(x / 90) * Math.cos(y / 120));
      if (plate) shade = 196 + grain / 2;
      if (edge) shade = 120;
      if (line) shade = 58;
      if (bolt) shade = 52 + grain;
      rows[at] = Math.max(0, shade - 6);
      rows[at + 1] = Math.max(0, shade);
      rows[at + 2] = Math.max(0, shade + 8);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

export function tone(seconds = 1, rate = 8000) {
  const samples = Buffer.alloc(seconds * rate * 2);
  for (let i = 0; i < seconds * rate; i += 1) {
    samples.writeInt16LE(Math.round(6000 * Math.sin((i * 440 * 2 * Math.PI) / rate)), i * 2);
  }
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}
