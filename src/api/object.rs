//! Objects as JavaScript sees them: methods, getters, nothing that can be changed from outside.

use super::Api;
use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

type Three = dyn Fn(JsValue, JsValue, JsValue) -> Result<JsValue, JsValue>;

/// Builds an object whose members share the interface's state. They live as long as the page.
pub struct Builder<'a> {
    api: &'a Api,
    object: Object,
}

impl<'a> Builder<'a> {
    pub fn new(api: &'a Api) -> Self {
        Self {
            api,
            object: Object::new(),
        }
    }

    /// Adds a method of up to three arguments; those that were left out are `undefined`.
    pub fn method(
        self,
        name: &str,
        act: impl Fn(&Api, JsValue, JsValue, JsValue) -> Result<JsValue, JsValue> + 'static,
    ) -> Result<Self, JsValue> {
        let api = self.api.clone();
        let method = Closure::<Three>::new(move |a, b, c| act(&api, a, b, c));
        Reflect::set(&self.object, &name.into(), &method.into_js_value())?;
        Ok(self)
    }

    /// Adds a property that is asked for anew each time.
    pub fn getter(
        self,
        name: &str,
        get: impl Fn(&Api) -> JsValue + 'static,
    ) -> Result<Self, JsValue> {
        let api = self.api.clone();
        let get = Closure::<dyn Fn() -> JsValue>::new(move || get(&api));
        let property = of(&[("get", get.into_js_value()), ("enumerable", true.into())]);
        Reflect::define_property(&self.object, &name.into(), property.unchecked_ref())?;
        Ok(self)
    }

    pub fn finish(self) -> Result<Object, JsValue> {
        Ok(Object::freeze(&self.object))
    }
}

/// A plain object.
pub fn of(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        // A plain object of our own takes any property.
        drop(Reflect::set(&object, &(*name).into(), value));
    }
    object.into()
}

/// Defines a property that stays as it is.
pub fn define(target: &JsValue, name: &str, value: &JsValue) -> Result<(), JsValue> {
    let property = of(&[("value", value.clone()), ("enumerable", true.into())]);
    let target: &Object = target.unchecked_ref();
    Reflect::define_property(target, &name.into(), property.unchecked_ref()).map(drop)
}
