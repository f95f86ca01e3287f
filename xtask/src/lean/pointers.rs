//! Calls through pointers, one caller for every type. Each type has a table of its own: where a function
//! has exactly that type its slot holds the function, elsewhere a fallback that calls the wide thunk,
//! so that a call through a cast pointer does what it did before.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::Result;
use walrus::ir::Value;
use walrus::{
    ConstExpr, ElementItems, ElementKind, FunctionBuilder, FunctionId, GlobalId, InstrSeqBuilder,
    LocalId, Module, RefType, TableId, TypeId, ValType,
};

use super::casts::{narrowing, widening};

/// What a call through a pointer passes and what it wants back; nothing, when the result is dropped.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Signature {
    pub params: Vec<ValType>,
    pub result: Option<ValType>,
}

impl Signature {
    fn results(&self) -> &[ValType] {
        self.result.as_slice()
    }
}

/// The callers that exist, and what they need to know of the module.
pub struct Pointers {
    thunks: TableId,
    wide: TypeId,
    /// The function behind the thunk in each slot of the table.
    behind: HashMap<u32, FunctionId>,
    /// The pointer of the call that goes on, for a fallback to know.
    called: GlobalId,
    callers: HashMap<Signature, FunctionId>,
    /// Functions that some caller reaches without their thunk.
    direct: HashSet<FunctionId>,
}

impl Pointers {
    pub fn new(
        module: &mut Module,
        thunks: TableId,
        wide: TypeId,
        behind: HashMap<u32, FunctionId>,
    ) -> Self {
        let zero = ConstExpr::Value(Value::I32(0));
        let called = module.globals.add_local(ValType::I32, true, false, zero);
        let (callers, direct) = (HashMap::new(), HashSet::new());
        Pointers {
            thunks,
            wide,
            behind,
            called,
            callers,
            direct,
        }
    }

    pub fn wide(&self) -> TypeId {
        self.wide
    }

    /// The function that calls through a pointer, which is its last parameter, with a signature.
    pub fn caller(&mut self, module: &mut Module, signature: Signature) -> Result<FunctionId> {
        if let Some(&caller) = self.callers.get(&signature) {
            return Ok(caller);
        }
        let exact = self.exact(module, &signature);
        let caller = match exact {
            // No function has this type: only thunks can be meant.
            None => self.wide_call(module, &signature, Pointer::Parameter)?,
            Some(exact) => self.typed_call(module, &signature, &exact)?,
        };
        self.callers.insert(signature, caller);
        Ok(caller)
    }

    /// How many callers there are, how many functions they reach directly, and how many they do not.
    pub fn counts(&self) -> (usize, usize, usize) {
        let behind: HashSet<_> = self.behind.values().collect();
        (
            self.callers.len(),
            self.direct.len(),
            behind.len() - self.direct.len(),
        )
    }

    /// The type of function that a call most probably means: its own, or, when the result is dropped
    /// and no function returns nothing, the commonest with the same parameters.
    fn exact(&self, module: &Module, signature: &Signature) -> Option<Signature> {
        let mut found: BTreeMap<Vec<ValType>, usize> = BTreeMap::new();
        for &function in self.behind.values() {
            let ty = module.types.get(module.funcs.get(function).ty());
            if ty.params() == signature.params {
                *found.entry(ty.results().to_vec()).or_default() += 1;
            }
        }
        if found.contains_key(signature.results()) {
            return Some(signature.clone());
        }
        let commonest = found.into_iter().max_by_key(|(_, count)| *count);
        let (results, _) = commonest.filter(|_| signature.result.is_none())?;
        Some(Signature {
            params: signature.params.clone(),
            result: results.first().copied(),
        })
    }

    /// A caller through the table of one exact type.
    fn typed_call(
        &mut self,
        module: &mut Module,
        wanted: &Signature,
        exact: &Signature,
    ) -> Result<FunctionId> {
        let fallback = self.wide_call(module, exact, Pointer::Called(self.called))?;
        let ty = module.types.add(&exact.params, exact.results());
        let size = module.tables.get(self.thunks).initial;
        let maximum = module.tables.get(self.thunks).maximum;
        let table = module
            .tables
            .add_local(false, size, maximum, RefType::FUNCREF);
        let mut slots: Vec<(u32, FunctionId)> = Vec::new();
        for (&at, &function) in &self.behind {
            let is_exact = {
                let found = module.types.get(module.funcs.get(function).ty());
                found.params() == exact.params && found.results() == exact.results()
            };
            if is_exact {
                self.direct.insert(function);
            }
            slots.push((at, if is_exact { function } else { fallback }));
        }
        slots.sort_unstable();
        for run in slots.chunk_by(|a, b| a.0 + 1 == b.0) {
            let offset = ConstExpr::Value(Value::I32(i32::try_from(run[0].0)?));
            let functions = run.iter().map(|&(_, function)| function).collect();
            let kind = ElementKind::Active { table, offset };
            let segment = module
                .elements
                .add(kind, ElementItems::Functions(functions));
            module.tables.get_mut(table).elem_segments.insert(segment);
        }
        let (mut builder, params, pointer) = start(module, wanted, Pointer::Parameter);
        let mut code = builder.func_body();
        pointer.get(&mut code);
        code.global_set(self.called);
        params.iter().for_each(|&param| {
            code.local_get(param);
        });
        pointer.get(&mut code);
        code.call_indirect(ty, table);
        if wanted.result.is_none() && exact.result.is_some() {
            code.drop();
        }
        Ok(finish(module, builder, params, pointer))
    }

    /// A caller that widens its parameters and goes through the thunks.
    fn wide_call(
        &self,
        module: &mut Module,
        signature: &Signature,
        pointer: Pointer,
    ) -> Result<FunctionId> {
        let fillers = module.types.get(self.wide).params().len() - signature.params.len();
        let (mut builder, params, pointer) = start(module, signature, pointer);
        let mut code = builder.func_body();
        for (&param, &ty) in params.iter().zip(&signature.params) {
            code.local_get(param);
            for &op in widening(ty)? {
                code.unop(op);
            }
        }
        for _ in 0..fillers {
            code.i64_const(0);
        }
        pointer.get(&mut code);
        code.call_indirect(self.wide, self.thunks);
        match signature.result {
            None => {
                code.drop();
            }
            Some(result) => {
                for &op in narrowing(result)? {
                    code.unop(op);
                }
            }
        }
        Ok(finish(module, builder, params, pointer))
    }
}

/// Where a caller has its pointer from.
#[derive(Clone, Copy)]
enum Pointer {
    Parameter,
    Local(LocalId),
    Called(GlobalId),
}

impl Pointer {
    fn get(self, code: &mut InstrSeqBuilder<'_>) {
        match self {
            Pointer::Local(local) => code.local_get(local),
            Pointer::Called(global) => code.global_get(global),
            // `start` has made a local of it.
            Pointer::Parameter => code,
        };
    }
}

fn start(
    module: &mut Module,
    signature: &Signature,
    pointer: Pointer,
) -> (FunctionBuilder, Vec<LocalId>, Pointer) {
    let mut types = signature.params.clone();
    let params = types.iter().map(|&ty| module.locals.add(ty)).collect();
    let pointer = match pointer {
        Pointer::Parameter => {
            types.push(ValType::I32);
            Pointer::Local(module.locals.add(ValType::I32))
        }
        other => other,
    };
    (
        FunctionBuilder::new(&mut module.types, &types, signature.results()),
        params,
        pointer,
    )
}

fn finish(
    module: &mut Module,
    builder: FunctionBuilder,
    mut params: Vec<LocalId>,
    pointer: Pointer,
) -> FunctionId {
    if let Pointer::Local(local) = pointer {
        params.push(local);
    }
    builder.finish(params, &mut module.funcs)
}
