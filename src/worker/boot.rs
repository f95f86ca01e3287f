//! Brings the VM up: fetches and checks every part at the same time, starts the glue as soon as it is
//! here so that its threads start while the rest arrives, and gives it the packs and the devices.

use super::file_system::FileSystem;
use super::host::Host;
use super::post::{post, scope, words};
use super::vm::{Module, Vm};
use crate::edge::{assets::fetch_checked, module};
use boot::assets::{Asset, Digest, Url};
use js_sys::{Array, ArrayBuffer, Function, Object, Promise, Reflect, Uint8Array, WebAssembly};
use protocol::{BootPlan, BootProblem, Event, Level, PackPhase};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

/// Bytes of one page of WebAssembly memory.
const PAGE_BYTES: u64 = 65_536;

/// Starts the VM that the plan describes.
pub async fn boot(host: &Rc<Host>, plan: &BootPlan) -> Result<(), BootProblem> {
    let memory = reserve(plan.memory_bytes)?;
    let wasm = start(compile(plan.wasm.clone()));
    let boot_packs = plan
        .packs
        .iter()
        .filter(|pack| pack.phase == PackPhase::Boot);
    let packs: Vec<(String, Promise)> = boot_packs
        .map(|pack| {
            (
                path(&pack.name),
                start(bytes(pack.name.clone(), pack.asset.clone())),
            )
        })
        .collect();
    let factory = factory(&plan.glue).await?;
    let options = options(host, &memory, plan, wasm, packs).map_err(refused)?;
    let running = factory
        .call1(&JsValue::UNDEFINED, &options)
        .map_err(refused)?;
    let running: Promise = running.dyn_into().map_err(refused)?;
    let module: Module = JsFuture::from(running)
        .await
        .map_err(refused)?
        .unchecked_into();
    host.started(Vm::new(module, memory));
    Ok(())
}

/// Fetches the packs that are not needed for the first prompt, one after the other, and has each used.
pub async fn extend(host: Rc<Host>, plan: Rc<BootPlan>) {
    if let Err(problem) = host.open_gate(&plan).await {
        host.log(Level::Warning, &protocol::Words::problem(&problem));
    }
    let later = plan
        .packs
        .iter()
        .filter(|pack| pack.phase == PackPhase::Background);
    for pack in later {
        let event = match add(&host, &pack.name, &pack.asset).await {
            Ok(()) => Event::PackAdded {
                name: pack.name.clone(),
            },
            Err(reason) => Event::Logged {
                level: Level::Warning,
                text: format!("pack {} is not in use: {reason}", pack.name),
            },
        };
        post(&event);
    }
}

async fn add(host: &Host, name: &str, asset: &protocol::Asset) -> Result<(), String> {
    let bytes = fetch(name, asset)
        .await
        .map_err(|problem| protocol::Words::problem(&problem))?;
    host.add_pack(name, &path(name), &Uint8Array::new(&bytes))
        .await
        .map_err(|failure| protocol::Words::failure(&failure))
}

/// Fetches one part of the plan, checks it and reports its bytes as they come.
pub async fn fetch(part: &str, asset: &protocol::Asset) -> Result<ArrayBuffer, BootProblem> {
    let problem = |finding: String| BootProblem::Asset {
        part: part.to_owned(),
        finding,
    };
    let expected = Asset {
        url: Url::new(&asset.url).map_err(|error| problem(error.to_string()))?,
        bytes: asset.bytes,
        sha256: Digest::from_hex(&asset.sha256).map_err(|error| problem(error.to_string()))?,
    };
    let report = |loaded_bytes| {
        post(&Event::Progressed {
            part: part.to_owned(),
            loaded_bytes,
        });
    };
    fetch_checked(&expected, report)
        .await
        .map_err(|error| problem(error.to_string()))
}

/// Memory of a fixed size: growing shared memory would make every access of the glue slower.
fn reserve(bytes: u64) -> Result<WebAssembly::Memory, BootProblem> {
    let pages = JsValue::from_f64((bytes / PAGE_BYTES) as f64);
    let descriptor = Object::new();
    set(&descriptor, "initial", &pages).map_err(refused)?;
    set(&descriptor, "maximum", &pages).map_err(refused)?;
    set(&descriptor, "shared", &JsValue::TRUE).map_err(refused)?;
    WebAssembly::Memory::new(&descriptor).map_err(refused)
}

async fn compile(asset: protocol::Asset) -> Result<JsValue, BootProblem> {
    let bytes = fetch("wasm", &asset).await?;
    JsFuture::from(WebAssembly::compile(&bytes))
        .await
        .map_err(refused)
}

async fn bytes(name: String, asset: protocol::Asset) -> Result<JsValue, BootProblem> {
    let bytes = fetch(&name, &asset).await?;
    Ok(Uint8Array::new(&bytes).into())
}

/// The factory that the glue exports. The import itself takes no digest, so the same file is fetched
/// and checked beside it, and nothing of it is called before that.
async fn factory(glue: &protocol::Asset) -> Result<Function, BootProblem> {
    let url = absolute(&glue.url);
    let (checked, module) = futures::join!(fetch("glue", glue), module::import(&url));
    checked?;
    module
        .and_then(|module| Reflect::get(&module, &"default".into()))
        .and_then(JsCast::dyn_into)
        .map_err(refused)
}

/// What Emscripten's glue is to do in the place of its own defaults.
fn options(
    host: &Rc<Host>,
    memory: &WebAssembly::Memory,
    plan: &BootPlan,
    wasm: Promise,
    packs: Vec<(String, Promise)>,
) -> Result<Object, JsValue> {
    let options = Object::new();
    let arguments: Array = packs
        .iter()
        .map(|(path, _)| JsValue::from_str(path))
        .collect();
    let (paths, packs): (Vec<String>, Vec<Promise>) = packs.into_iter().unzip();
    let ready = Promise::all(&packs.into_iter().collect::<Array>());
    let parts = Promise::all(&Array::of2(&wasm, &ready));

    let starting = Rc::clone(host);
    let files: Rc<std::cell::OnceCell<Array>> = Rc::default();
    let here = Rc::clone(&files);
    let instantiate = Closure::once_into_js(move |imports: Object, done: Function| {
        wasm_bindgen_futures::spawn_local(async move {
            if let Err(problem) = instantiate(parts, &imports, &done, &here).await {
                starting.fail(problem);
            }
        });
    });
    let devices = Rc::clone(host);
    let before = Closure::once_into_js(move |module: Module| {
        let laid = files.get().map_or(Ok(()), |files| {
            lay_out(&module.file_system(), &paths, files, &devices)
        });
        if let Err(error) = laid {
            devices.fail(refused(error));
        }
    });
    set(&options, "wasmMemory", memory)?;
    set(
        &options,
        "mainScriptUrlOrBlob",
        &absolute(&plan.glue.url).into(),
    )?;
    set(&options, "arguments", &arguments)?;
    set(&options, "instantiateWasm", &instantiate)?;
    set(&options, "preRun", &Array::of1(&before))?;
    set(&options, "print", &host.on_print())?;
    set(&options, "printErr", &host.on_print_error())?;
    set(&options, "onAbort", &host.on_abort())?;
    set(&options, "onExit", &host.on_exit())?;
    Ok(options)
}

/// Waits for the compiled VM and the packs, then hands the VM's instance to the glue.
async fn instantiate(
    parts: Promise,
    imports: &Object,
    done: &Function,
    files: &std::cell::OnceCell<Array>,
) -> Result<(), BootProblem> {
    let parts: Array = JsFuture::from(parts)
        .await
        .map_err(problem)?
        .unchecked_into();
    let module: WebAssembly::Module = parts.get(0).unchecked_into();
    // It is set here and nowhere else.
    drop(files.set(parts.get(1).unchecked_into()));
    let instance = JsFuture::from(WebAssembly::instantiate_module(&module, imports))
        .await
        .map_err(refused)?;
    done.call2(&JsValue::UNDEFINED, &instance, &module)
        .map_err(refused)?;
    Ok(())
}

/// Puts packs and devices where the VM looks for them.
fn lay_out(
    files: &FileSystem,
    paths: &[String],
    packs: &Array,
    host: &Rc<Host>,
) -> Result<(), JsValue> {
    files.ensure_folder("/data");
    files.ensure_folder("/data/in");
    for (path, pack) in paths.iter().zip(packs.iter()) {
        files.give(path, &pack.unchecked_into())?;
    }
    host.home.watch(files)?;
    files.add_device("/dev/term", 0, &host.on_output())?;
    files.add_device("/dev/event", 1, &host.on_signal())?;
    let (asked, answered) = (host.on_gate_asked(), host.on_gate_answered());
    files.add_answering_device("/dev/gate", 2, &asked, &answered)?;
    files.add_operations("/dev/re", 3, &super::re::device(host))
}

fn path(pack: &str) -> String {
    format!("/data/{pack}.avm")
}

/// Begins work at once; its problem travels through the promise as text of the protocol.
fn start(work: impl Future<Output = Result<JsValue, BootProblem>> + 'static) -> Promise {
    future_to_promise(async {
        work.await
            .map_err(|problem| JsValue::from_str(&protocol::encode(&problem)))
    })
}

/// The problem that a promise made by [`start`] was rejected with.
fn problem(rejection: JsValue) -> BootProblem {
    rejection
        .as_string()
        .and_then(|text| protocol::decode(&text).ok())
        .unwrap_or_else(|| refused(rejection))
}

fn refused(error: JsValue) -> BootProblem {
    BootProblem::Start {
        reason: words(&error),
    }
}

fn set(object: &Object, name: &str, value: &JsValue) -> Result<(), JsValue> {
    Reflect::set(object, &name.into(), value).map(drop)
}

/// An address of the site as the scope of this worker sees it; the worker lies at the site's root.
fn absolute(url: &str) -> String {
    let base = scope().location().href();
    web_sys::Url::new_with_base(url, &base).map_or_else(|_| url.to_owned(), |url| url.href())
}
