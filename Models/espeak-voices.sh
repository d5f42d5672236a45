# Sourced by the scripts that use espeak-ng: its English accents, and the timbres that any of its voices may have.
accents=(en-us en-gb en-gb-scotland en-gb-x-rp en-029 en-us-nyc en-gb-x-gbclan en-gb-x-gbcwmd)
timbres=(m1 m2 m3 m4 m5 m6 m7 m8 f1 f2 f3 f4 f5 adam anika aunty belinda benjamin boris caleb david ed grandma grandpa
  iven iven2 john linda max Michael Mike Andy Annie Alex Andrea quincy rob robert steph travis victor zac)
# Timbres that nothing is learned from where a script has a split: they are `validate`.
held_out=(m4 m8 f4 aunty caleb grandpa linda Annie robert zac)
# is_held_out TIMBRE
is_held_out() { [[ " ${held_out[*]} " == *" $1 "* ]]; }
