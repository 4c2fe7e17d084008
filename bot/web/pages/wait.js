// Solves the puzzle of the page that asks to wait, then sends its form. SHA-256 in plain JavaScript: it also
// runs on pages without https, and for such short words it is faster than asking the browser for each hash.
// Source: FIPS 180-4.
(function () {
  "use strict";
  var form = document.getElementById("puzzle");
  if (!form || !window.Int32Array) return;
  var seed = form.getAttribute("data-seed");
  var parts = Number(form.getAttribute("data-parts"));
  var bits = Number(form.getAttribute("data-bits"));
  var K = new Int32Array(64), H = new Int32Array(8), W = new Int32Array(64);

  function fraction(x) { return ((x - Math.floor(x)) * 4294967296) | 0; }
  for (var prime = 2, n = 0; n < 64; prime++) {
    var is = true;
    for (var d = 2; d * d <= prime; d++) if (prime % d === 0) { is = false; break; }
    if (!is) continue;
    if (n < 8) H[n] = fraction(Math.sqrt(prime));
    K[n++] = fraction(Math.cbrt ? Math.cbrt(prime) : Math.pow(prime, 1 / 3));
  }

  // The first 32 bits of the hash of one short word (at most 55 signs, all ASCII).
  function firstBits(word) {
    var i, length = word.length;
    for (i = 0; i < 16; i++) W[i] = 0;
    for (i = 0; i < length; i++) W[i >> 2] |= word.charCodeAt(i) << (24 - 8 * (i & 3));
    W[length >> 2] |= 0x80 << (24 - 8 * (length & 3));
    W[15] = length * 8;
    for (i = 16; i < 64; i++) {
      var p = W[i - 15], q = W[i - 2];
      var s0 = ((p >>> 7) | (p << 25)) ^ ((p >>> 18) | (p << 14)) ^ (p >>> 3);
      var s1 = ((q >>> 17) | (q << 15)) ^ ((q >>> 19) | (q << 13)) ^ (q >>> 10);
      W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0;
    }
    var a = H[0], b = H[1], c = H[2], dd = H[3], e = H[4], f = H[5], g = H[6], h = H[7];
    for (i = 0; i < 64; i++) {
      var S1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      var t1 = (h + S1 + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
      var S0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      var t2 = (S0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (dd + t1) | 0; dd = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    return (a + H[0]) >>> 0;
  }

  var found = [], number = 0, below = Math.pow(2, 32 - bits);
  function some() {
    for (var tries = 0; tries < 1000 && found.length < parts; tries++, number++) {
      if (firstBits(seed + ":" + found.length + ":" + number) < below) { found.push(number); number = -1; }
    }
    if (found.length < parts) { window.setTimeout(some, 0); return; }
    form.elements.solution.value = found.join(",");
    form.submit();
  }
  document.getElementById("working").hidden = false;
  window.setTimeout(some, 0);
})();
