//! The steps for tables on a small VM of the shape that they know: tables of sixteen chains, keys that are words.

use super::Outcome;
use super::engine::Running;
use super::tables::grow;

/// Keys are terms of one word, their number above four bits; objects are tuples at an address, with the key first.
/// `compared` counts comparisons as terms, `deleted` entries that were deleted.
const VM: &str = r#"
    (memory 64)
    (global $top (mut i32) (i32.const 1024))
    (global $compared (mut i32) (i32.const 0))
    (global $deleted (mut i32) (i32.const 0))
    (func $emscripten_builtin_malloc (param $bytes i32) (result i32)
      (global.get $top)
      (global.set $top (i32.and (i32.add (global.get $top) (i32.add (local.get $bytes) (i32.const 7))) (i32.const -8))))
    (func $emscripten_builtin_calloc (param i32 i32) (result i32)
      (call $emscripten_builtin_malloc (i32.mul (local.get 0) (local.get 1))))
    (func $emscripten_builtin_free (param i32))
    (func $hash_term (param i32 i32) (result i32) (i32.shr_u (local.get 0) (i32.const 4)))
    (func $term_compare (param i32 i32 i32 i32) (result i32)
      (global.set $compared (i32.add (global.get $compared) (i32.const 1)))
      (select (i32.const 1) (i32.const 2) (i32.eq (local.get 0) (local.get 1))))
    (func $key (param $tuple i32) (result i32) (i32.load offset=2 (local.get $tuple)))
    (func $entry_delete (param i32 i32) (global.set $deleted (i32.add (global.get $deleted) (i32.const 1))))
    (func $node_delete (param $link i32) (param $vm i32) (local $entry i32)
      (local.set $entry (i32.load offset=4 (local.get $link)))
      (loop $next
        (call $entry_delete (local.get $entry) (local.get $vm))
        (br_if $next (local.tee $entry (i32.load (local.get $entry))))))
    (func $node_find (param $table i32) (param $key i32) (param $out i32) (param $vm i32) (result i32) (local $link i32)
      (local.set $link (i32.load offset=8 (i32.add (local.get $table)
        (i32.shl (i32.and (call $hash_term (local.get $key) (local.get $vm)) (i32.const 15)) (i32.const 2)))))
      (block $done
        (loop $next
          (br_if $done (i32.eqz (local.get $link)))
          (br_if $done (i32.eq (i32.const 1) (call $term_compare (local.get $key)
            (call $key (i32.load offset=4 (i32.load offset=4 (local.get $link)))) (i32.const 1) (local.get $vm))))
          (local.set $link (i32.load (local.get $link)))
          (br $next)))
      (i32.store (local.get $out) (local.get $link))
      (i32.const 0))
    (func $multimap_to_single (param $table i32) (param $vm i32) (local $chain i32) (local $link i32) (local $old i32)
      (loop $chains
        (local.set $link (i32.load offset=8 (i32.add (local.get $table) (i32.shl (local.get $chain) (i32.const 2)))))
        (block $end
          (loop $links
            (br_if $end (i32.eqz (local.get $link)))
            (local.set $old (i32.load (i32.load offset=4 (local.get $link))))
            (block $single
              (loop $more
                (br_if $single (i32.eqz (local.get $old)))
                (call $entry_delete (local.get $old) (local.get $vm))
                (local.set $old (i32.load (local.get $old)))
                (br $more)))
            (i32.store (i32.load offset=4 (local.get $link)) (i32.const 0))
            (local.set $link (i32.load (local.get $link)))
            (br $links)))
        (br_if $chains (i32.ne (local.tee $chain (i32.add (local.get $chain) (i32.const 1))) (i32.const 16)))))
    (func $insert_revert (param i32 i32 i32 i32) (local $chain i32)
      (loop $chains
        (br_if $chains (i32.ne (local.tee $chain (i32.add (local.get $chain) (i32.const 1))) (i32.const 16)))))
    (func $chain (param $table i32) (param $key i32) (param $vm i32) (result i32)
      (i32.add (i32.add (local.get $table)
        (i32.shl (i32.and (call $hash_term (local.get $key) (local.get $vm)) (i32.const 15)) (i32.const 2)))
        (i32.const 8)))
    (func $ets_multimap_remove (param $table i32) (param $key i32) (param $vm i32) (result i32)
      (i32.and (call $hash_term (local.get $key) (local.get $vm)) (i32.const 15)))
    (func $ets_multimap_insert (param $table i32) (param $tuples i32) (param $count i32) (param $vm i32) (result i32)
      (local $at i32) (local $entries i32) (local $entry i32) (local $link i32) (local $chain i32)
      (drop (local.tee $entries (call $emscripten_builtin_malloc (i32.shl (local.get $count) (i32.const 2)))))
      (loop $each
        (local.set $entry (call $emscripten_builtin_malloc (i32.const 8)))
        (i32.store (i32.add (local.get $entries) (i32.shl (local.get $at) (i32.const 2))) (local.get $entry))
        (i32.store offset=4 (local.get $entry)
          (i32.load (i32.add (local.get $tuples) (i32.shl (local.get $at) (i32.const 2)))))
        (local.set $chain (call $key (i32.load offset=4 (local.get $entry))))
        (drop (call $node_find (local.get $table) (local.get $chain) (i32.const 512) (local.get $vm)))
        (local.set $link (i32.load (i32.const 512)))
        (if (local.get $link)
          (then (i32.store (local.get $entry) (i32.load offset=4 (local.get $link))))
          (else
            (local.set $chain (call $chain (local.get $table) (local.get $chain) (local.get $vm)))
            (local.set $link (call $emscripten_builtin_malloc (i32.const 8)))
            (i32.store (local.get $link) (i32.load (local.get $chain)))
            (i32.store (local.get $chain) (local.get $link))))
        (i32.store offset=4 (local.get $link) (local.get $entry))
        (br_if $each (i32.ne (local.tee $at (i32.add (local.get $at) (i32.const 1))) (local.get $count))))
      (if (i32.eqz (i32.load (local.get $table)))
        (then (call $multimap_to_single (local.get $table) (local.get $vm))))
      (i32.const 0))
    (func $ets_multimap_lookup (param $table i32) (param $key i32) (param $tuples i32) (param $count i32) (param $vm i32)
      (result i32)
      (local $entry i32) (local $found i32) (local $array i32)
      (i32.store (local.get $count) (i32.const 0))
      (drop (call $node_find (local.get $table) (local.get $key) (i32.const 512) (local.get $vm)))
      (if (i32.eqz (local.tee $entry (i32.load (i32.const 512)))) (then (return (i32.const 0))))
      (local.set $entry (i32.load offset=4 (local.get $entry)))
      (local.set $array (call $emscripten_builtin_malloc (i32.const 64)))
      (loop $next
        (i32.store (i32.add (local.get $array) (i32.shl (local.get $found) (i32.const 2)))
          (i32.load offset=4 (local.get $entry)))
        (local.set $found (i32.add (local.get $found) (i32.const 1)))
        (br_if $next (local.tee $entry (i32.load (local.get $entry)))))
      (i32.store (local.get $count) (local.get $found))
      (i32.store (local.get $tuples) (local.get $array))
      (i32.const 0))
    (func $ets_multimap_new (param i32 i32) (result i32) (local $table i32)
      (local.set $table (call $emscripten_builtin_malloc (i32.const 72)))
      (i32.store (local.get $table) (local.get 0))
      (local.get $table))
    (func $ets_multimap_delete (param i32 i32) (call $emscripten_builtin_free (local.get 0)))
    (func (export "new") (param i32) (result i32) (call $ets_multimap_new (local.get 0) (i32.const 0)))
    (func (export "delete") (param i32) (result i32)
      (call $ets_multimap_delete (local.get 0) (i32.const 0)) (global.get $deleted))
    (func $tuple (export "tuple") (param $size i32) (param $first i32) (param $second i32) (result i32)
      (local $at i32)
      (local.set $at (call $emscripten_builtin_malloc (i32.const 24)))
      (i32.store (local.get $at) (i32.shl (local.get $size) (i32.const 6)))
      (i32.store offset=4 (local.get $at) (local.get $first))
      (i32.store offset=8 (local.get $at) (local.get $second))
      (i32.or (local.get $at) (i32.const 2)))
    (func (export "insert") (param $table i32) (param $one i32) (param $other i32) (param $count i32) (result i32)
      (i32.store (i32.const 520) (local.get $one))
      (i32.store (i32.const 524) (local.get $other))
      (call $ets_multimap_insert (local.get $table) (i32.const 520) (local.get $count) (i32.const 0)))
    (func (export "look") (param $table i32) (param $key i32) (result i32)
      (drop (call $ets_multimap_lookup (local.get $table) (local.get $key) (i32.const 528) (i32.const 532) (i32.const 0)))
      (i32.load (i32.const 532)))
    (func (export "found") (param i32) (result i32)
      (i32.load (i32.add (i32.load (i32.const 528)) (i32.shl (local.get 0) (i32.const 2)))))
    (func (export "compared") (result i32) (global.get $compared))
    (func (export "deleted") (result i32) (global.get $deleted))"#;

const SINGLE: i32 = 0;
const BAG: i32 = 2;
const NIL: i32 = 59;

/// A table that says what is in it.
struct Table {
    vm: Running,
    table: i32,
}

impl Table {
    fn new(kind: i32) -> Table {
        let vm = Running::after(&format!("(module {})", completed()), grow).unwrap();
        let said = "tables of 1024 chains, and 1 lookups that can go through them";
        assert_eq!(vm.outcome, Outcome::Done(said.into()));
        let table = vm.call("new", &[kind]);
        Table { vm, table }
    }

    fn object(&self, key: i32, value: i32) -> i32 {
        self.vm.call("tuple", &[2, key, value])
    }

    fn insert(&self, key: i32, value: i32) -> i32 {
        let object = self.object(key, value);
        self.vm.call("insert", &[self.table, object, 0, 1]);
        object
    }

    fn look(&self, key: i32) -> Vec<i32> {
        let count = self.vm.call("look", &[self.table, key]);
        (0..count).map(|at| self.vm.call("found", &[at])).collect()
    }

    /// The key that asks for a walk: as many elements, the empty tuple first.
    fn walk(&self, size: i32, second: i32) -> Vec<i32> {
        let empty = self.vm.call("tuple", &[0, 0, 0]);
        let key = match size {
            0 => empty,
            _ => self.vm.call("tuple", &[size, empty, second]),
        };
        self.look(key)
    }
}

/// The fourth place that chooses a chain, which nobody calls.
fn completed() -> String {
    let another = VM
        .lines()
        .skip_while(|line| !line.contains("$ets_multimap_remove"))
        .take(2);
    let another = another.collect::<Vec<_>>().join("\n");
    VM.to_owned() + &another.replace("$ets_multimap_remove", "$ets_multimap_remove_tuple")
}

const fn word(n: i32) -> i32 {
    n << 4 | 15
}

fn sorted(mut objects: Vec<i32>) -> Vec<i32> {
    objects.sort_unstable();
    objects
}

#[test]
fn objects_are_found_by_key_without_a_comparison_of_terms() {
    let table = Table::new(SINGLE);
    let objects: Vec<_> = (0..3000).map(|n| table.insert(word(n), n)).collect();
    for (n, &object) in (0..).zip(&objects) {
        assert_eq!(table.look(word(n)), [object]);
    }
    assert!(table.look(word(3000)).is_empty());
    assert_eq!(table.vm.call("compared", &[]), 0);
}

#[test]
fn an_object_replaces_the_one_of_its_key() {
    let table = Table::new(SINGLE);
    let _ = table.insert(word(1), 1);
    let other = table.insert(word(1025), 1);
    let newest = table.insert(word(1), 2);
    assert_eq!(table.look(word(1)), [newest]);
    assert_eq!(table.vm.call("deleted", &[]), 1);
    let (one, last) = (table.object(word(1), 3), table.object(word(1), 4));
    table.vm.call("insert", &[table.table, one, last, 2]);
    assert_eq!(table.look(word(1)), [last]);
    assert_eq!(table.look(word(1025)), [other]);
    assert_eq!(table.vm.call("deleted", &[]), 3);
}

#[test]
fn everything_is_found_and_counted() {
    for kind in [SINGLE, BAG] {
        let table = Table::new(kind);
        assert!(table.walk(0, 0).is_empty());
        assert!(table.walk(1, 0).is_empty());
        let objects: Vec<_> = (0..2000).map(|n| table.insert(word(n), n)).collect();
        assert_eq!(sorted(table.walk(0, 0)), sorted(objects));
        assert_eq!(table.walk(1, 0), vec![NIL; 2000]);
    }
}

#[test]
fn a_key_leads_to_the_next_chain_that_has_objects() {
    let table = Table::new(BAG);
    let near = table.insert(word(5), 1);
    let nearer = table.insert(word(5), 2);
    let far = table.insert(word(900), 1);
    assert_eq!(table.walk(3, 0), [NIL, nearer, near]);
    assert_eq!(table.walk(2, word(5)), [nearer, near, NIL, far]);
    assert_eq!(table.walk(2, word(6)), [NIL, far]);
    assert_eq!(table.walk(2, word(900)), [far, NIL]);
    assert_eq!(table.walk(2, word(1023)), [NIL]);
    assert_eq!(table.walk(4, word(5)), [nearer, near]);
    assert!(table.walk(4, word(6)).is_empty());
}

#[test]
fn other_tuples_are_keys() {
    let table = Table::new(SINGLE);
    let _ = table.insert(word(5), 1);
    assert!(table.walk(5, 0).is_empty());
    let pair = table.vm.call("tuple", &[2, word(5), word(5)]);
    assert!(table.look(pair).is_empty());
    let object = table.object(pair, 1);
    table.vm.call("insert", &[table.table, object, 0, 1]);
    assert_eq!(table.look(pair), [object]);
}

#[test]
fn a_table_ends_with_all_that_is_in_it() {
    let table = Table::new(BAG);
    for n in 0..2000 {
        table.insert(word(n % 1500), n);
    }
    assert_eq!(table.vm.call("delete", &[table.table]), 2000);
}

#[test]
fn a_vm_without_names_needs_nothing_and_a_strange_one_is_refused() {
    let run = |text: String| Running::after(&format!("(module {text})"), grow);
    let nameless = run(completed().replace("ets_multimap_lookup", "f")).unwrap();
    assert!(matches!(nameless.outcome, Outcome::NotNeeded(_)));
    assert!(
        run(VM.to_owned()).is_err(),
        "one place fewer chooses a chain"
    );
    for name in ["node_find", "multimap_to_single", "insert_revert", "calloc"] {
        assert!(run(completed().replace(name, "f")).is_err(), "{name}");
    }
    for constant in ["(i32.const 15)", "(i32.const 16)"] {
        assert!(run(completed().replace(constant, "(i32.const 7)")).is_err());
    }
}
