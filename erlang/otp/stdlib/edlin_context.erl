%% What is being typed, for completion.
-module(edlin_context).

%% A regular expression in OTP: a capital letter or an underscore, then letters.
is_binding([First | Rest]) when First =:= $_; First >= $A, First =< $Z; First >= $À, First =< $Þ ->
    lists:all(fun is_letter/1, Rest);
is_binding(_) ->
    false.

is_letter(C) ->
    C >= $a andalso C =< $z orelse C >= $A andalso C =< $Z orelse C >= $À.
