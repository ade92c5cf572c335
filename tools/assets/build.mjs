// Compiles, bundles, names by content and compresses everything a browser may fetch; copies the fonts of documents.
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import * as sass from "sass";

const statics = process.argv[2];
const out = join(statics, "dist.new");
const manifest = {};

const DOCUMENT_FONTS = {
  "BeVietnamPro-Regular.ttf": "be-vietnam-pro/400Regular/BeVietnamPro_400Regular.ttf",
  "BeVietnamPro-Italic.ttf": "be-vietnam-pro/400Regular_Italic/BeVietnamPro_400Regular_Italic.ttf",
  "BeVietnamPro-Bold.ttf": "be-vietnam-pro/700Bold/BeVietnamPro_700Bold.ttf",
  "BeVietnamPro-LICENSE.txt": "be-vietnam-pro/LICENSE_FONT",
  "Tinos-Regular.ttf": "tinos/400Regular/Tinos_400Regular.ttf",
  "Tinos-Italic.ttf": "tinos/400Regular_Italic/Tinos_400Regular_Italic.ttf",
  "Tinos-Bold.ttf": "tinos/700Bold/Tinos_700Bold.ttf",
  "Tinos-BoldItalic.ttf": "tinos/700Bold_Italic/Tinos_700Bold_Italic.ttf",
  "Tinos-LICENSE.txt": "tinos/LICENSE_FONT",
};

function emit(name, bytes) {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const ending = extname(name);
  const hashed = `${basename(name, ending)}.${hash}${ending}`;
  writeFileSync(join(out, hashed), bytes);
  if (ending !== ".woff2") compress(join(out, hashed), bytes);
  manifest[name] = hashed;
}

function compress(path, bytes) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}

function withHashedNames(text) {
  return text.replace(/asset:([\w.-]+)/g, (_whole, name) => manifest[name]);
}

function fonts() {
  for (const name of readdirSync("build/fonts").sort()) emit(name, readFileSync(join("build/fonts", name)));
}

function styles() {
  const compiled = sass.compile("src/scss/portal.scss", {
    loadPaths: ["node_modules"],
    style: "compressed",
    quietDeps: true,
  });
  const { code } = esbuild.transformSync(compiled.css, { loader: "css", minify: true, target: ["chrome87", "firefox78", "safari14"] });
  emit("portal.css", Buffer.from(withHashedNames(code)));
}

function script() {
  const { outputFiles } = esbuild.buildSync({
    entryPoints: ["src/js/portal.js"],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: ["chrome87", "firefox78", "safari14"],
  });
  emit("portal.js", Buffer.from(outputFiles[0].contents));
}

function handMade() {
  const names = readdirSync(statics).filter((name) => /\.(svg|webmanifest)$/.test(name)).sort();
  for (const name of names) emit(name, Buffer.from(withHashedNames(readFileSync(join(statics, name), "utf8"))));
}

function documentFonts() {
  const folder = join(statics, "fonts");
  mkdirSync(folder, { recursive: true });
  for (const [name, source] of Object.entries(DOCUMENT_FONTS)) {
    copyFileSync(join("node_modules/@expo-google-fonts", source), join(folder, name));
  }
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
fonts();
styles();
script();
handMade();
documentFonts();
writeFileSync(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
rmSync(join(statics, "dist"), { recursive: true, force: true });
renameSync(out, join(statics, "dist"));
