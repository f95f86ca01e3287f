//! Fetches files for the VM, in the page or in a worker, and lets none through that
//! [`boot::assets`] has not approved. The browser counts, hashes and holds the bytes.

use boot::assets::{
    Asset, AssetProblem, Digest, Expected, HEAD_BYTES, Kind, MAX_ASSET_BYTES, Received, diagnose,
};
use js_sys::{ArrayBuffer, Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStreamDefaultReader, RequestCache, RequestInit, Response, SubtleCrypto};

/// Fetches a file of the build; `on_bytes` hears how many bytes have come so far.
///
/// A file that is not the build's is fetched once more past the browser's cache, which may hold a
/// bad copy from an earlier deployment, before it is reported.
pub async fn fetch_checked(
    asset: &Asset,
    on_bytes: impl Fn(u64),
) -> Result<ArrayBuffer, AssetProblem> {
    fetch_expected(&Expected::from(asset), &on_bytes).await
}

/// Fetches a `.avm` or `.beam` that the build does not know: only its kind can be checked.
pub async fn fetch_unlisted(
    url: &str,
    on_bytes: impl Fn(u64),
) -> Result<ArrayBuffer, AssetProblem> {
    let kind = Kind::of_url(url);
    let expected = Expected {
        url: url.to_owned(),
        kind,
        bytes: None,
        sha256: None,
    };
    fetch_expected(&expected, &on_bytes).await
}

async fn fetch_expected(
    expected: &Expected,
    on_bytes: &dyn Fn(u64),
) -> Result<ArrayBuffer, AssetProblem> {
    match attempt(expected, RequestCache::Default, on_bytes).await {
        Ok(bytes) => Ok(bytes),
        Err(_) => attempt(expected, RequestCache::Reload, on_bytes).await,
    }
}

async fn attempt(
    expected: &Expected,
    cache: RequestCache,
    on_bytes: &dyn Fn(u64),
) -> Result<ArrayBuffer, AssetProblem> {
    let broken = |cause: JsValue| AssetProblem::Unreachable {
        url: expected.url.clone(),
        cause: cause.dyn_ref::<js_sys::Error>().map_or_else(
            || "the connection broke off".to_owned(),
            |error| String::from(error.message()),
        ),
    };
    let response = fetch(&expected.url, cache).await.map_err(broken)?;
    let limit = expected.bytes.unwrap_or(MAX_ASSET_BYTES);
    let body = read(&response, limit, on_bytes).await.map_err(broken)?;
    let content_type = response.headers().get("content-type").map_err(broken)?;
    let head = body.subarray(0, HEAD_BYTES as u32).to_vec();
    let received = Received {
        status: response.status(),
        content_type: content_type.as_deref().unwrap_or(""),
        head: &head,
        bytes: u64::from(body.length()),
        sha256: digest(&body).await.map_err(broken)?,
    };
    diagnose(expected, received)?;
    Ok(body.buffer())
}

/// The `fetch` of whatever scope this is.
async fn fetch(url: &str, cache: RequestCache) -> Result<Response, JsValue> {
    let global = js_sys::global();
    let fetch: Function = Reflect::get(&global, &"fetch".into())?.dyn_into()?;
    let options = RequestInit::new();
    options.set_cache(cache);
    let promise: Promise = fetch.call2(&global, &url.into(), &options)?.dyn_into()?;
    JsFuture::from(promise).await?.dyn_into()
}

/// Reads a body to its end, or until it is longer than it may be.
async fn read(
    response: &Response,
    limit: u64,
    on_bytes: &dyn Fn(u64),
) -> Result<Uint8Array, JsValue> {
    let Some(stream) = response.body() else {
        return Ok(Uint8Array::new_with_length(0));
    };
    let reader: ReadableStreamDefaultReader = stream.get_reader().dyn_into()?;
    let mut chunks: Vec<Uint8Array> = Vec::new();
    let mut total: u32 = 0;
    while u64::from(total) <= limit {
        let result = JsFuture::from(reader.read()).await?;
        if Reflect::get(&result, &"done".into())?.is_truthy() {
            break;
        }
        let chunk: Uint8Array = Reflect::get(&result, &"value".into())?.dyn_into()?;
        total = total.saturating_add(chunk.length());
        chunks.push(chunk);
        on_bytes(u64::from(total).min(limit));
    }
    if u64::from(total) > limit {
        JsFuture::from(reader.cancel()).await?;
    }
    let body = Uint8Array::new_with_length(total);
    let mut at = 0;
    for chunk in chunks {
        body.set(&chunk, at);
        at += chunk.length();
    }
    Ok(body)
}

async fn digest(body: &Uint8Array) -> Result<Digest, JsValue> {
    let crypto = Reflect::get(&js_sys::global(), &"crypto".into())?;
    let subtle: SubtleCrypto = Reflect::get(&crypto, &"subtle".into())?.dyn_into()?;
    let hash = JsFuture::from(subtle.digest_with_str_and_buffer_source("SHA-256", body)?).await?;
    let mut bytes = [0; 32];
    Uint8Array::new(&hash).copy_to(&mut bytes);
    Ok(Digest::from_bytes(bytes))
}
