%% A hash of any term, the same in every run: the checksum of its external form.
%% Not the numbers of OTP's phash2, which nothing here is compared with.
-module(erlang_hash).
-export([term/1]).

term(Term) -> erlang:crc32(erlang:term_to_binary(Term)).
