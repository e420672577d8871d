import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { check, equal, holds } from "./checks.mjs";

const SEGMENT = 64 * 1024;
const TAG = 16;
const CIPHERS = { 1: "aes-256-gcm", 2: "chacha20-poly1305" };
const WRAP_IV = Buffer.from("A6A6A6A6A6A6A6A6", "hex");

/** The SDK has cryptography over gRPC only. */
export async function once({ grpc: { crypto } }) {
  const key = Buffer.from(await readFile("vault.key", "utf8"), "base64");
  const message = Buffer.from(Array.from({ length: 150_000 }, (_, i) => i % 251));
  const options = { componentName: "vault", keyName: "vault.key", keyWrapAlgorithm: "A256KW" };
  for (const dataEncryptionCipher of ["aes-gcm", "chacha20-poly1305"]) {
    await check(`cryptography: what the sidecar encrypts with ${dataEncryptionCipher} it decrypts, and Node.js does by the scheme's description`, async () => {
      const document = await crypto.encrypt(message, { ...options, dataEncryptionCipher });
      holds(message.equals(await crypto.decrypt(document, { componentName: "vault" })), "the sidecar reads something else");
      holds(message.equals(read(document, key)), "Node.js reads something else");
    });
  }
  await check("cryptography: what Node.js encrypts by the scheme's description the sidecar decrypts", async () => {
    for (const cipher of [1, 2]) holds(message.equals(await crypto.decrypt(write(message, key, cipher), { componentName: "vault" })), `cipher ${cipher} reads something else`);
    equal((await crypto.decrypt(write(Buffer.alloc(0), key, 1), { componentName: "vault" })).length, 0);
  });
  await check("cryptography: a document without the name of its key is read by who knows it", async () => {
    const document = await crypto.encrypt(message, { ...options, omitDecryptionKeyName: true });
    holds(message.equals(await crypto.decrypt(document, { componentName: "vault", keyName: "vault.key" })), "it reads something else");
  });
  await check("cryptography: a stream is encrypted and decrypted as it flows", async () => {
    const encrypting = await crypto.encrypt(options);
    const document = collect(encrypting);
    for (let i = 0; i < message.length; i += 10_000) encrypting.write(message.subarray(i, i + 10_000));
    encrypting.end();
    holds(message.equals(read(await document, key)), "Node.js reads something else");
  });
  await check("cryptography: what was changed, and a key that is not there, are refused", async () => {
    const document = await crypto.encrypt(message, options);
    document[document.length - 1] ^= 1;
    await refused(crypto.decrypt(document, { componentName: "vault" }), "failed to decrypt segment");
    await refused(crypto.encrypt(message, { ...options, keyName: "none" }), "failed to wrap the file key");
    await refused(crypto.encrypt(message, { ...options, componentName: "none" }), "crypto provider none not found");
  });
}

async function refused(call, problem) {
  const error = await call.then(() => null, (e) => e);
  holds(String(error?.message ?? error).toLowerCase().includes(problem.toLowerCase()), `the error was ${error?.message}`);
}

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** dapr.io/enc/v1, written a second time: three lines, then segments whose nonces count. */
function keys(fileKey, prefix) {
  const derive = (salt, info) => Buffer.from(hkdfSync("sha256", fileKey, salt, info, 32));
  const nonce = (number, last) => {
    const bytes = Buffer.alloc(12);
    prefix.copy(bytes);
    bytes.writeUInt32BE(number, 7);
    bytes[11] = last ? 1 : 0;
    return bytes;
  };
  return { mac: (lines) => createHmac("sha256", derive("", "header")).update(lines).digest("base64"), payload: derive(prefix, "payload"), nonce };
}

function read(document, key) {
  const bytes = Buffer.from(document);
  const ends = [];
  for (let at = -1; ends.length < 3; ) ends.push((at = bytes.indexOf("\n", at + 1)));
  const manifest = JSON.parse(bytes.subarray(ends[0] + 1, ends[1]).toString());
  const unwrapping = createDecipheriv("id-aes256-wrap", key, WRAP_IV);
  const fileKey = Buffer.concat([unwrapping.update(Buffer.from(manifest.wfk, "base64")), unwrapping.final()]);
  const { mac, payload, nonce } = keys(fileKey, Buffer.from(manifest.np, "base64"));
  equal(bytes.subarray(ends[1] + 1, ends[2]).toString(), mac(bytes.subarray(0, ends[1] + 1)));
  const pieces = [];
  const rest = bytes.subarray(ends[2] + 1);
  for (let at = 0, number = 0; at < rest.length; at += SEGMENT + TAG, number++) {
    const piece = rest.subarray(at, at + SEGMENT + TAG);
    const opening = createDecipheriv(CIPHERS[manifest.cph], payload, nonce(number, at + SEGMENT + TAG >= rest.length), { authTagLength: TAG });
    opening.setAuthTag(piece.subarray(-TAG));
    pieces.push(opening.update(piece.subarray(0, -TAG)), opening.final());
  }
  return Buffer.concat(pieces);
}

function write(message, key, cipher) {
  const fileKey = randomBytes(32);
  const prefix = randomBytes(7);
  const wrapping = createCipheriv("id-aes256-wrap", key, WRAP_IV);
  const wfk = Buffer.concat([wrapping.update(fileKey), wrapping.final()]).toString("base64");
  const lines = `dapr.io/enc/v1\n${JSON.stringify({ k: "vault.key", kw: 1, wfk, cph: cipher, np: prefix.toString("base64") })}\n`;
  const { mac, payload, nonce } = keys(fileKey, prefix);
  const pieces = [Buffer.from(`${lines}${mac(lines)}\n`)];
  for (let at = 0, number = 0; at < message.length; at += SEGMENT, number++) {
    const sealing = createCipheriv(CIPHERS[cipher], payload, nonce(number, at + SEGMENT >= message.length), { authTagLength: TAG });
    pieces.push(sealing.update(message.subarray(at, at + SEGMENT)), sealing.final(), sealing.getAuthTag());
  }
  return Buffer.concat(pieces);
}
