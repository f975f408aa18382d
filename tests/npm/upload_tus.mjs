// The npm client tus-js-client: node upload_tus.mjs UPLOAD_URL FILE [TOKEN] [CUT_AFTER_BYTES] [CHUNK_BYTES]
// Sends FILE to an upload that exists already. With CUT_AFTER_BYTES the first client is cut off there, and a second,
// which knows nothing of the first, resumes. Prints {"cutAt", "resumedAt", "sent"}; "resumedAt" is the server's offset.
import { createReadStream, statSync } from 'node:fs';
import { Upload } from 'tus-js-client';

const [uploadUrl, path, token, cut, chunk] = process.argv.slice(2);
const cutAfter = Number(cut || 0);
const headers = token ? { Authorization: `Bearer ${token}` } : {};

// Resolves with {from, at}: the offset it began at, and how far it came.
const send = (stopAt) =>
  new Promise((resolve, reject) => {
    let from = null;
    const upload = new Upload(createReadStream(path), {
      uploadUrl,
      headers,
      chunkSize: Number(chunk || 1024 * 1024),
      uploadSize: statSync(path).size,
      retryDelays: null,
      storeFingerprintForResuming: false,
      onAfterResponse: (request, response) => {
        if (request.getMethod() === 'HEAD') from = Number(response.getHeader('Upload-Offset'));
      },
      onProgress: (at) => {
        if (stopAt && at >= stopAt) upload.abort().then(() => resolve({ from, at }), reject);
      },
      onError: reject,
      onSuccess: () => resolve({ from, at: statSync(path).size }),
    });
    upload.start();
  });

try {
  const first = await send(cutAfter);
  const last = cutAfter ? await send(0) : first;
  console.log(JSON.stringify({ cutAt: cutAfter ? first.at : null, resumedAt: last.from, sent: last.at }));
} catch (problem) {
  console.error(problem.message);
  process.exit(1);
}
