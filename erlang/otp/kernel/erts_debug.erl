%% Looks into the emulator, as far as there is something to see.
-module(erts_debug).
-export([get_internal_state/1, set_internal_state/2, same/2, alloc_blocks_size/1, flat_size/1]).

%% Counters are none of those that keep memory of their own.
get_internal_state(flxctr_memory_usage) -> notsup;
get_internal_state(_What) -> undefined.

%% A release build of OTP knows none of the ways to force a table's long work to pause. Nothing here is freed late.
set_internal_state(available_internal_state, _Value) -> false;
set_internal_state(ets_force_trap, _Value) -> notsup;
set_internal_state(wait, _What) -> ok;
set_internal_state(colliding_names, {Name, Count}) -> ets_walk:colliding(Name, Count);
set_internal_state(_What, _Value) -> true.

%% Whether both are one term in one place: the native tells of a pair.
same(A, B) -> eRts_debug:flat_size({A, B}) =:= 1.

%% There are no allocators to be told apart.
alloc_blocks_size(_Allocator) -> undefined.

%% Of a part of a binary the native tells something else (see `binary`), so the term is put into a list.
flat_size(Term) -> eRts_debug:flat_size([Term]) - eRts_debug:flat_size([[]]).
