//! Builds modules chunk by chunk, sound ones and broken ones.

/// A module in parts; `Default` is a sound one: `m:f/0`, which returns its argument register.
pub struct Forge {
    pub atoms: Vec<&'static str>,
    pub imports: Vec<[u32; 3]>,
    pub exports: Vec<[u32; 3]>,
    pub funs: Vec<[u32; 6]>,
    pub strings: &'static [u8],
    pub literals: Vec<Vec<u8>>,
    pub labels: u32,
    /// The body of the function, between its entry label 2 and `return`.
    pub body: Vec<u8>,
    /// Chunks that take the place of those made of the above, or come after them.
    pub chunks: Vec<(&'static [u8; 4], Vec<u8>)>,
}

impl Default for Forge {
    fn default() -> Self {
        Self {
            atoms: vec!["m", "f"],
            imports: Vec::new(),
            exports: vec![[2, 0, 2]],
            funs: Vec::new(),
            strings: b"",
            literals: Vec::new(),
            labels: 3,
            body: Vec::new(),
            chunks: Vec::new(),
        }
    }
}

pub fn be(value: usize) -> [u8; 4] {
    (value as u32).to_be_bytes()
}

fn table<const N: usize>(rows: &[[u32; N]]) -> Vec<u8> {
    let fields = rows.iter().flatten().flat_map(|field| field.to_be_bytes());
    be(rows.len()).into_iter().chain(fields).collect()
}

/// Terms as LitU holds them.
pub fn literals(terms: &[Vec<u8>]) -> Vec<u8> {
    let sized = terms
        .iter()
        .flat_map(|term| [&be(term.len()), &term[..]].concat());
    be(terms.len()).into_iter().chain(sized).collect()
}

/// A code chunk of these instructions.
pub fn code(labels: u32, instructions: &[u8]) -> Vec<u8> {
    let head = [16, 0, 182, labels, 1].map(u32::to_be_bytes).concat();
    [&head, instructions].concat()
}

impl Forge {
    pub fn build(&self) -> Vec<u8> {
        let atoms = self
            .atoms
            .iter()
            .flat_map(|atom| [&[atom.len() as u8], atom.as_bytes()].concat());
        // label 1; func_info m f 0; label 2; the body; return; int_code_end
        let start = [1, 0x10, 2, 0x12, 0x22, 0x00, 1, 0x20];
        let instructions = [&start[..], &self.body, &[19, 3]].concat();
        let mut chunks = vec![
            (
                b"AtU8",
                be(self.atoms.len()).into_iter().chain(atoms).collect(),
            ),
            (b"Code", code(self.labels, &instructions)),
            (b"StrT", self.strings.to_vec()),
            (b"ImpT", table(&self.imports)),
            (b"ExpT", table(&self.exports)),
            (b"FunT", table(&self.funs)),
            (b"LitU", literals(&self.literals)),
        ];
        for (name, data) in &self.chunks {
            match chunks.iter_mut().find(|(known, _)| known == name) {
                Some(chunk) => chunk.1 = data.clone(),
                None => chunks.push((name, data.clone())),
            }
        }
        wrap(&chunks)
    }
}

/// A module of these chunks.
pub fn wrap(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut body = b"BEAM".to_vec();
    for (name, data) in chunks {
        body.extend(*name);
        body.extend(be(data.len()));
        body.extend(data);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    [b"FOR1", &be(body.len())[..], &body].concat()
}
