int CLinux(void){return 0;}
