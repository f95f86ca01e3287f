//! A YAML stream as a tree of texts. Takes only what plain data needs: anchors and aliases, which can
//! make a megabyte into a terabyte, are refused, and depth and size are bounded.

use saphyr_parser::{Event, Parser};
use thiserror::Error;

/// The longest stream, in bytes.
pub(crate) const MAX_BYTES: usize = 256 << 10;
const MAX_DEPTH: usize = 32;

/// One value. What a scalar is (number, truth, text) is for the reader of its place to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

/// Why a text is no stream of plain YAML.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum YamlError {
    /// Longer than anybody's objectives.
    #[error("it has {bytes} bytes, at most {MAX_BYTES} are read")]
    TooLarge {
        /// How many.
        bytes: usize,
    },
    /// No YAML.
    #[error("line {line}: {reason}")]
    Syntax {
        /// Where, from 1.
        line: usize,
        /// Why, in the parser's words.
        reason: String,
    },
    /// Valid, but not plain.
    #[error("line {line}: {what}")]
    NotPlain {
        /// Where, from 1.
        line: usize,
        /// What there is.
        what: &'static str,
    },
}

/// What is open while a document is read: a list or a map, with the key that waits for its value.
enum Open {
    List(Vec<Node>),
    Map(Vec<(String, Node)>, Option<String>),
}

/// The documents of a stream.
pub(crate) fn read(text: &str) -> Result<Vec<Node>, YamlError> {
    if text.len() > MAX_BYTES {
        return Err(YamlError::TooLarge { bytes: text.len() });
    }
    let mut documents = vec![];
    let mut open: Vec<Open> = vec![];
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| YamlError::Syntax {
            line: error.marker().line(),
            reason: error.info().to_owned(),
        })?;
        let line = span.start.line();
        let refuse = |what| Err(YamlError::NotPlain { line, what });
        let node = match event {
            Event::Alias(_) => return refuse("an alias is not read"),
            Event::Scalar(_, _, anchor, _)
            | Event::SequenceStart(anchor, _)
            | Event::MappingStart(anchor, _)
                if anchor != 0 =>
            {
                return refuse("an anchor is not read");
            }
            Event::SequenceStart(..) | Event::MappingStart(..) if open.len() == MAX_DEPTH => {
                return refuse("it is nested too deeply");
            }
            Event::SequenceStart(..) => {
                open.push(Open::List(vec![]));
                continue;
            }
            Event::MappingStart(..) => {
                open.push(Open::Map(vec![], None));
                continue;
            }
            Event::Scalar(text, ..) => Node::Text(text.into_owned()),
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open::List(list)) => Node::List(list),
                Some(Open::Map(map, _)) => Node::Map(map),
                None => continue,
            },
            _ => continue,
        };
        match (open.last_mut(), node) {
            (None, node) => documents.push(node),
            (Some(Open::List(list)), node) => list.push(node),
            (Some(Open::Map(map, key)), node) => match (key.take(), node) {
                (Some(key), node) => map.push((key, node)),
                (None, Node::Text(name)) if map.iter().any(|(known, _)| *known == name) => {
                    return refuse("a key is there twice");
                }
                (None, Node::Text(name)) => *key = Some(name),
                (None, _) => return refuse("a key is no text"),
            },
        }
    }
    Ok(documents)
}

impl Node {
    /// The value at a path of keys, if there is one.
    pub(crate) fn at(&self, path: &str) -> Option<&Self> {
        path.split('.').try_fold(self, |node, key| match node {
            Self::Map(map) => map
                .iter()
                .find(|(name, _)| name == key)
                .map(|(_, node)| node),
            Self::List(_) | Self::Text(_) => None,
        })
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::List(_) | Self::Map(_) => None,
        }
    }

    pub(crate) fn list(&self) -> Option<&[Self]> {
        match self {
            Self::List(list) => Some(list),
            Self::Text(_) | Self::Map(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, want: &str) {
        let got = match read(text) {
            Ok(documents) => documents.iter().map(shown).collect::<Vec<_>>().join(" "),
            Err(error) => error.to_string(),
        };
        assert_eq!(got, want, "{text}");
    }

    fn shown(node: &Node) -> String {
        match node {
            Node::Text(text) => format!("{text:?}"),
            Node::List(list) => format!("{:?}", list.iter().map(shown).collect::<Vec<_>>()),
            Node::Map(map) => {
                let pair = |(key, node): &(String, Node)| format!("{key}={}", shown(node));
                map.iter().map(pair).collect::<Vec<_>>().join(",")
            }
        }
    }

    #[test]
    fn plain_data_comes_as_texts() {
        check("a: 1\nb: two", r#"a="1",b="two""#);
        check("[x]\n---\n{y: z}", r#"["\"x\""] y="z""#);
        check("", "");
    }

    #[test]
    fn what_is_not_plain_is_refused_by_line() {
        check("a: &x 1\nb: *x", "line 1: an anchor is not read");
        check("a: 1\na: 2", "line 2: a key is there twice");
        check("? [a]\n: b", "line 1: a key is no text");
        check(&"[".repeat(40), "line 1: it is nested too deeply");
        let long = "#".repeat(MAX_BYTES + 1);
        check(&long, "it has 262145 bytes, at most 262144 are read");
        assert!(matches!(read("a: [1"), Err(YamlError::Syntax { .. })));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[\\-a-c:\\[\\]{}&*!|>?#\"' \n\t,.0-9\u{0}-\u{10}]{0,80}") {
            let _ = read(&text);
        }
    }
}
