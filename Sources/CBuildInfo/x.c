int CBuildInfo(void){return 0;}
