# Sourced by the scripts that use espeak-ng: its English accents, and the timbres that any of its voices may have.
accents=(en-us en-gb en-gb-scotland en-gb-x-rp en-029 en-us-nyc en-gb-x-gbclan en-gb-x-gbcwmd)
timbres=(m1 m2 m3 m4 m5 m6 m7 m8 f1 f2 f3 f4 f5 adam anika aunty belinda benjamin boris caleb david ed grandma grandpa
  iven iven2 john linda max Michael Mike Andy Annie Alex Andrea quincy rob robert steph travis victor zac)
